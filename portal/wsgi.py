"""The door for a WSGI server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from common.chunks import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# a file to import, and the form around it
application = whole_bodies(get_wsgi_application(), most=settings.IMPORT_MAX_BYTES + 1024 * 1024)
