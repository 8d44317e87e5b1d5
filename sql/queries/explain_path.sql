-- What the path of a target's version is drawn from; values in millionths.
SELECT path, assumed, trajectory, comparison, value, value_to, due
FROM target_version
WHERE target = $target AND target_version = $target_version;
