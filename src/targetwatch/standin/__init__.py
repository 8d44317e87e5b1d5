"""A stand-in for Slack: the few Web API methods that targetwatch uses, and a page that shows the messages.

It speaks through HTTP as Slack does, so the same client is used with and without a Slack. It never leaves the machine.
"""

from targetwatch.standin.server import reach, running, serve

__all__ = ["reach", "running", "serve"]
