"""Who may reach files of comments: whoever may read the comment."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded, of_partner

# read as the same role, so the comment's own policy decides
COMMENT_READ = "EXISTS (SELECT 1 FROM referrals_comment AS said WHERE said.id = comment_id)"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0024_comment_files")]

    operations = [
        of_partner("referrals_commentfile", "referral_id", "referrals_referral", on_delete="CASCADE"),
        of_partner("referrals_commentfile", "comment_id", "referrals_comment", on_delete="CASCADE"),
        guarded(
            "referrals_commentfile",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT, INSERT", COMMENT_READ),
            office=("SELECT, INSERT", "true"),
        ),
    ]
