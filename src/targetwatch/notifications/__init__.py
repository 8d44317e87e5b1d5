"""Notifications: who is told what (policy and messages, pure), and the outbox that delivers it to Slack."""

from targetwatch.notifications.outbox import Delivered, deliver
from targetwatch.notifications.policy import notify
from targetwatch.notifications.situation import GroupMessage, Situation

__all__ = ["Delivered", "GroupMessage", "Situation", "deliver", "notify"]
