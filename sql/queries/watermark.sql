-- How far the deliveries of $source that were accepted go. Marks are written so that they sort as text.
SELECT max(watermark) AS watermark
FROM batch
WHERE source = $source AND state = 'accepted';
