"""Listening: what people answer in Slack, with a button or the command /targets, and what is done about it.

Importing this costs nothing: `is_listening` is asked by every pass that tells anything.
"""

from targetwatch.listening.heartbeat import is_listening

__all__ = ["is_listening"]
