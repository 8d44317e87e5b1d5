DELETE FROM assessed;
