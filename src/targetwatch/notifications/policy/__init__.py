"""Policy: who is told what, and when. `notify` decides; each rule is a module of its own. Pure."""

from targetwatch.notifications.policy.notifying import Decided, notify

__all__ = ["Decided", "notify"]
