"""What is wrong with this portal, and what helps: every finding with its cure."""

from portal.doctor.findings import Finding
from portal.doctor.rounds import CHECKS, examine

__all__ = ["CHECKS", "Finding", "examine"]
