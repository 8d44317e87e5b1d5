"""Delivery: what is in the outbox gets to whom it is for, over Slack, by e-mail or to a webhook."""
