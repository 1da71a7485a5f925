"""What the rooms need of each other and may not import: named here, found by its path."""

# what of other rooms belongs to a customer, follows it in a merge, and counts as work with it
CUSTOMER_FOLLOWERS = ["customers.services.followers.Contacts", "motions.services.following.Deals"]
# what the drainer hands over and sends beside the workers, in this order; each takes a clock
DRAINED = [
    "agreements.bulk.carrying.carry",
    "agreements.notices.tell",
    "referrals.notices.tell",
    "customers.notices.tell",
    "agreements.bulk.mailing.send_mails",
    "partners.notices.mail_due",
]
