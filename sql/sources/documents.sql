-- Documents that were registered, handled, cancelled or classified since :since, as the document management system has them.
-- Its tables are named here and nowhere else: where those of an installation differ, this query is what is to be adapted.
-- What a document is about, and who handled it, is not asked for. One that was cancelled or classified is told as withdrawn, so
-- that it counts no longer.
SELECT
  so_dang_ky AS document_id,
  huong AS direction,
  cap AS tier,
  ma_don_vi AS org_unit,
  ngay_dang_ky AS registered_on,
  ngay_xu_ly_xong AS handled_on,
  cach_xu_ly AS handling,
  (da_huy OR mat) AS withdrawn,
  cap_nhat_luc AS changed_at
FROM van_ban
WHERE cap_nhat_luc >= CAST(:since AS timestamptz)
