"""Statements over many agreements at once."""

# How far agreements have come, and what was withdrawn, on the providers' copies; only what differs is written.
SYNC_TASKS = """
UPDATE agreements_providertask AS task
SET agreement_state = agreement.state,
    state = CASE WHEN request.state = 'withdrawn' THEN 'withdrawn'
                 WHEN agreement.state IN ('attested', 'direct_accepted') THEN 'done' ELSE task.state END
FROM agreements_providerrequest AS request
JOIN agreements_agreement AS agreement ON agreement.id = request.agreement_id
WHERE request.id = task.request_number AND task.state IN ('open', 'taken') AND task.answer = ''
  AND (task.agreement_state <> agreement.state OR request.state = 'withdrawn')
"""

# A request is over once the customer has signed, whoever brought it about.
CLOSE_REQUESTS = """
UPDATE agreements_providerrequest AS request
SET state = 'done', answered_at = %(at)s
FROM agreements_agreement AS agreement
WHERE agreement.id = request.agreement_id AND request.state IN ('open', 'taken')
  AND agreement.state IN ('attested', 'direct_accepted')
"""

# The newest reminder that is due of each open link, unless it or a later one was written: a worker that was away for a
# week sends one mail, not three. The unique key (partner, link, day) refuses a second row whatever happens.
DUE_REMINDERS = """
INSERT INTO agreements_mail (public_id, partner_id, customer_id, link_id, kind, day, company_name, partner_name,
                             language, made_at, failures, error, first_name, last_name, email, phone)
SELECT gen_random_uuid(), link.partner_id, link.customer_id, link.id, 'reminder', due.day, link.company_name,
       link.partner_name, link.language, %(at)s, 0, '', link.first_name, link.last_name, link.email, link.phone
FROM agreements_link AS link
CROSS JOIN LATERAL (
    SELECT max(day) AS day FROM unnest(link.reminder_days) AS day
    WHERE link.sent_at + day * interval '1 day' <= %(at)s
) AS due
WHERE link.ended_at IS NULL AND link.expires_at > %(at)s AND due.day IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM agreements_mail AS mail WHERE mail.link_id = link.id AND mail.day >= due.day)
ORDER BY link.id
LIMIT %(most)s
ON CONFLICT DO NOTHING
"""

# Signed customers at the end of each month, from the event rows: who became signed less who ceased to be.
PROGRESS = """
SELECT date_trunc('month', at AT TIME ZONE %s)::date AS month,
       sum(CASE WHEN after IN ('attested', 'direct_accepted') THEN 1 ELSE 0 END
           - CASE WHEN before IN ('attested', 'direct_accepted') THEN 1 ELSE 0 END)::bigint
FROM ({events}) AS event
WHERE (before IN ('attested', 'direct_accepted')) <> (after IN ('attested', 'direct_accepted'))
GROUP BY month ORDER BY month
"""
