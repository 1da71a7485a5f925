"""What beat sends, and how often, and the queue of each task; a message that nobody took by the next one is worth nothing."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "motions.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "spread": {"task": "motions.spread", "schedule": 10.0, "options": {"expires": 10}},
    "resume-imports": {"task": "motions.resume_imports", "schedule": 15.0, "options": {"expires": 15}},
    "resume-exports": {"task": "motions.resume_exports", "schedule": 30.0, "options": {"expires": 30}},
    "reconcile": {"task": "motions.reconcile", "schedule": 60.0, "options": {"expires": 60}},
    "alert": {"task": "motions.alert", "schedule": 15.0, "options": {"expires": 15}},
    "tend-agreements": {"task": "agreements.tend", "schedule": 60.0, "options": {"expires": 60}},
    "post-agreements": {"task": "agreements.post", "schedule": 15.0, "options": {"expires": 15}},
    "tell-of-policies": {"task": "motions.tell", "schedule": 15.0, "options": {"expires": 15}},
    "tell-of-leads": {"task": "referrals.tell", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-leads": {"task": "referrals.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "anonymise-leads": {
        "task": "referrals.anonymise",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 7200},
    },
    "resume-lead-imports": {"task": "referrals.resume_imports", "schedule": 15.0, "options": {"expires": 15}},
    "mail-notices": {"task": "partners.mail_notices", "schedule": 15.0, "options": {"expires": 15}},
    "seal-audit": {"task": "partners.seal_audit", "schedule": 600.0, "options": {"expires": 600}},
    "check-audit": {
        "task": "partners.check_audit",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 7200},
    },
    "mail-news": {"task": "partners.mail_news", "schedule": 300.0, "options": {"expires": 300}},
    "mail-invitations": {"task": "partners.mail_invitations", "schedule": 30.0, "options": {"expires": 30}},
    "foresee": {"task": "motions.foresee", "schedule": 600.0, "options": {"expires": 600}},
    "tell-programs": {"task": "partners.tell_programs", "schedule": 5.0, "options": {"expires": 5}},
    "forget-repeats": {"task": "partners.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "warn-of-secrets": {"task": "partners.warn_of_secrets", "schedule": 3600.0, "options": {"expires": 3600}},
    "fetch-rates": {"task": "motions.fetch_rates", "schedule": 3600.0, "options": {"expires": 3600}},
    "follow-up-relations": {"task": "customers.follow_up_relations", "schedule": 900.0, "options": {"expires": 900}},
    "compare": {"task": "customers.compare", "schedule": 30.0, "options": {"expires": 30}},
    "tell-of-conflicts": {"task": "customers.tell", "schedule": 30.0, "options": {"expires": 30}},
    "settle": {"task": "customers.settle", "schedule": crontab(minute=0), "options": {"expires": 1800}},
    "backtest": {"task": "motions.backtest", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
}
# the queue of each task: a long import must not hold up an edit, nor a slow mail server a recompute
TASK_ROUTES: dict[str, dict[str, str]] = {
    "motions.drain": {"queue": "interactive"},
    "motions.sweep": {"queue": "interactive"},
    "motions.resume_imports": {"queue": "bulk"},
    "motions.tell_set_apart": {"queue": "notices"},
    "motions.alert": {"queue": "notices"},
    "motions.tell": {"queue": "notices"},
    "agreements.*": {"queue": "notices"},
    "partners.tell_programs": {"queue": "hooks"},
    "partners.*": {"queue": "notices"},
    "referrals.*": {"queue": "notices"},
    "motions.*": {"queue": "bulk"},
    "customers.follow_up_relations": {"queue": "notices"},
    "customers.*": {"queue": "bulk"},
}
