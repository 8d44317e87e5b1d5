-- Calls to the hotline that were over, or changed, since :since. Its tables are named here and nowhere else. The number that called
-- and what was said are not asked for.
SELECT
  ma_cuoc_goi AS call_id,
  goi_luc AS called_at,
  hang_doi AS queue,
  (nhac_may_luc IS NOT NULL) AS answered,
  round(CAST(EXTRACT(epoch FROM coalesce(nhac_may_luc, ket_thuc_luc) - goi_luc) AS numeric), 3) AS waited_seconds,
  cam_ket_giay AS promised_seconds,
  cap_nhat_luc AS changed_at
FROM cuoc_goi
WHERE ket_thuc_luc IS NOT NULL
  AND cap_nhat_luc >= CAST(:since AS timestamptz)
