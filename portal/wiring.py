"""What the rooms need of each other and may not import: named here, found by its path."""

# what of other rooms belongs to a customer, follows it in a merge, and counts as work with it
CUSTOMER_FOLLOWERS = ["customers.services.followers.Contacts", "motions.services.following.Deals"]
# what the drainer hands over and sends beside the workers, in this order; each takes a clock
DRAINED = [
    "agreements.bulk.carrying.carry",
    "agreements.notices.tell",
    "motions.notices.tell",
    "referrals.notices.tell",
    "customers.notices.tell",
    "agreements.bulk.mailing.send_mails",
    "partners.notices.mail_due",
    "partners.notices.mail_invitations",
    "partners.notices.mail_news",
    "partners.bulk.delivering.carry",
]
# what people work on, and what a colleague takes over when they leave
PEOPLES_WORK = [
    "referrals.services.leaving.Leads",
    "referrals.services.leaving.Reviews",
    "referrals.services.leaving.Rules",
    "referrals.services.leaving.Absences",
    "customers.services.leaving.Drafts",
    "customers.services.leaving.Views",
]
# who knows whether a partner has customers in a motion, for news that are about them
NEWS_MOTIONS = "motions.services.audience.has_customers_in"
# of leads those that joined an engagement in which there was one already, for webhooks of the wire
JOINED_LEADS = "referrals.services.relating.joined"
