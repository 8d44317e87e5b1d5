-- Published figures, each as it was checked last against its own parts, the others and the records.
CREATE OR REPLACE VIEW claims AS
SELECT
  c.claim,
  c.metric,
  c.name_vi,
  c.name_en,
  c.as_of,
  c.published,
  c.unit_of_measure,
  c.numerator,
  c.denominator,
  c.numerator / nullif(c.denominator, 0) * if(c.compared_as = 'share', 100, 1) AS recomputed,
  c.compared_as,
  c.qualifier,
  c.finding,
  coalesce(c.parts_agree, c.finding <> 'misreported') AS parts_agree,
  coalesce(c.contradictions, '[]') AS contradictions,
  c.reference,
  r.title AS reference_title,
  r.publisher AS reference_publisher,
  r.published AS reference_published,
  c.recorded_at,
  c.run_id
FROM claim AS c
LEFT JOIN reference AS r ON r.reference = c.reference
QUALIFY row_number() OVER (PARTITION BY c.claim ORDER BY c.recorded_at DESC, c.rowid DESC) = 1;

COMMENT ON VIEW claims IS 'Published figures, one row each, as they were checked last against their own parts, each other and the records.';
COMMENT ON COLUMN claims.claim IS 'Id of the claim: metric/as_of.';
COMMENT ON COLUMN claims.metric IS 'The metric that the figure is for.';
COMMENT ON COLUMN claims.name_vi IS 'What the figure says, in Vietnamese.';
COMMENT ON COLUMN claims.name_en IS 'What the figure says, in English.';
COMMENT ON COLUMN claims.as_of IS 'The day that the figure is for.';
COMMENT ON COLUMN claims.published IS 'The figure as it was published, to its last digit.';
COMMENT ON COLUMN claims.unit_of_measure IS 'What the figure is measured in.';
COMMENT ON COLUMN claims.numerator IS 'The numerator that the publication gives.';
COMMENT ON COLUMN claims.denominator IS 'The denominator that the publication gives.';
COMMENT ON COLUMN claims.recomputed IS 'What numerator and denominator make, for reading: percent for a share.';
COMMENT ON COLUMN claims.compared_as IS 'share or quotient: how the parts make the figure. none: they do not.';
COMMENT ON COLUMN claims.qualifier IS 'How exactly it was said: exact, about, nearly or more than.';
COMMENT ON COLUMN claims.finding IS 'adds_up, misreported, not_compared, not_evaluated, or replaced by the figure of a later document.';
COMMENT ON COLUMN claims.parts_agree IS 'Whether nothing was found against it in its own numerator and denominator.';
COMMENT ON COLUMN claims.contradictions IS 'What else it does not agree with, as JSON: an earlier figure, another document''s, the rate at which two figures grew, the records.';
COMMENT ON COLUMN claims.reference IS 'The document that published it.';
COMMENT ON COLUMN claims.reference_title IS 'Title of that document.';
COMMENT ON COLUMN claims.reference_publisher IS 'Who published that document.';
COMMENT ON COLUMN claims.reference_published IS 'When it was published, as precisely as is known: 2021-07.';
COMMENT ON COLUMN claims.recorded_at IS 'When this finding was written down; later passes found the same.';
COMMENT ON COLUMN claims.run_id IS 'The pass that found it.';
