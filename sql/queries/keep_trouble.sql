-- How it stands with a receiver that cannot be reached, or could not.
MERGE INTO receiver_trouble
USING staged ON receiver_trouble.trouble = staged.trouble
WHEN MATCHED THEN UPDATE SET says = staged.says, told_to = staged.told_to, ended_at = staged.ended_at
WHEN NOT MATCHED THEN INSERT BY NAME;
