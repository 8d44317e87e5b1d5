SELECT level, plural_vi, plural_en FROM level;
