"""Probes for machines: alive, ready, metrics. They stand before sessions and people."""
from collections.abc import Callable
from django.http import HttpRequest
from django.http.response import HttpResponseBase
def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    return get_response
