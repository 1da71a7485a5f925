"""Who is responsible is told by name alone: where no name is entered, the address is not told in its place."""

from django.db import migrations

_BODY = """
CREATE OR REPLACE FUNCTION referrals_responsible(market text, kind text) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, %s
    FROM partners_user AS person
    WHERE person.role = 'channel_manager' AND person.is_active
      AND (market = '' OR EXISTS (
          SELECT 1 FROM partners_channelscope AS scope
          WHERE scope.user_id = person.id AND scope.country = market AND kind IN ('', scope.segment)))
    ORDER BY 2, 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0025_comment_files_isolation")]

    operations = [
        migrations.RunSQL(_BODY % "person.name::text", _BODY % "coalesce(nullif(person.name, ''), person.email)")
    ]
