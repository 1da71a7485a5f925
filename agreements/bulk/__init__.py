"""What workers do for agreements: tending what time changes, carrying requests, sending mails."""
