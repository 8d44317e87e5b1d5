"""A demonstration with synthetic dossiers: a story of four years that is told in a few minutes.

Every dossier here is made up. The units, their names and the targets are real; no figure says anything about them.
"""
