-- Each unit in the document management system's own directory, for the last day of each month that has ended by :now: whether it
-- was on the connected software that day. The directory is small and read whole, so that a correction of any month is seen.
SELECT
  don_vi.ma_don_vi AS org_unit,
  thang.ngay_cuoi AS as_of,
  EXISTS (
    SELECT 1
    FROM lien_thong
    WHERE lien_thong.ma_don_vi = don_vi.ma_don_vi
      AND lien_thong.tu_ngay <= thang.ngay_cuoi
      AND (lien_thong.den_ngay IS NULL OR lien_thong.den_ngay >= thang.ngay_cuoi)
  ) AS connected
FROM don_vi
CROSS JOIN LATERAL (
  SELECT CAST(ngay_dau + INTERVAL '1 month' - INTERVAL '1 day' AS date) AS ngay_cuoi
  FROM generate_series(
    date_trunc('month', CAST(don_vi.tu_ngay AS timestamp)),
    date_trunc('month', timezone('Asia/Ho_Chi_Minh', CAST(:now AS timestamptz))) - INTERVAL '1 month',
    INTERVAL '1 month'
  ) AS ngay_dau
) AS thang
WHERE don_vi.den_ngay IS NULL OR don_vi.den_ngay >= thang.ngay_cuoi
