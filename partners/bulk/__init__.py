"""Telling programs: messages made from the feed of changes, and sent by workers."""
