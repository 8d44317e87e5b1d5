-- Every version that was ever applied stays. What may be mended without making another version is mended, and
-- what an older release did not keep is filled in.
MERGE INTO target_version AS held
USING staged AS now
ON held.target = now.target AND held.target_version = now.target_version
WHEN MATCHED THEN UPDATE SET
  listed = true,
  position = now.position,
  name_vi = now.name_vi,
  name_en = now.name_en,
  short_name_vi = now.short_name_vi,
  short_name_en = now.short_name_en,
  assumed = now.assumed,
  effective_to = now.effective_to,
  replaces = now.replaces,
  when_unit_ends = now.when_unit_ends,
  selector = now.selector,
  reference_title = now.reference_title,
  reference_publisher = now.reference_publisher,
  reference_published = now.reference_published,
  owner = now.owner
WHEN NOT MATCHED THEN INSERT BY NAME
WHEN NOT MATCHED BY SOURCE THEN UPDATE SET listed = false;
