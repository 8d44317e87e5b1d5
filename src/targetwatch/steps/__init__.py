"""Steps: what each step of the corridor (targetwatch.pipeline) does, so that the corridor stays one page.

taking     one delivery after the other: landed, gated, recorded, its original put away
asking     what a system is asked, and how far it has been gathered
watching   one pass of watch: measure, assess and judge, decide
reporting  which reports have come and which are missing, for the metrics that count them
truth      what is said held against what is known
digesting  what a week or a month came to, into the outbox
picturing  the picture of a moment that digests are told from
"""
