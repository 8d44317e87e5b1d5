"""Notifications, room by room.

`policy` decides who is told what and when, `telling` makes stories of it, `messages` and `digests` put those into words
(all pure), and `delivery` gets the words to Slack, by e-mail and to webhooks.
"""

from targetwatch.notifications.delivery.outbox import Delivered, deliver
from targetwatch.notifications.policy import Decided, notify
from targetwatch.notifications.situation import GroupMessage, Situation, Told

__all__ = ["Decided", "Delivered", "GroupMessage", "Situation", "Told", "deliver", "notify"]
