"""How facts are said to people: numbers, dates and words, the same on the board, in messages and on the command line.

Pure: a value and a language in, text out. The rules are those of the design system; nothing here reads a clock.
"""
