"""A service of Django and its REST framework whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback. In a project the settings
have a module of their own.
"""

import os
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    JOTGATE_VALIDATOR={
        "issuer": os.environ["ISSUER"],
        "audience": os.environ["AUDIENCE"],
        "jwks_uri": os.environ["JWKS_URI"],
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["jotgate.rest_framework.JotgateAuthentication"],
        "EXCEPTION_HANDLER": "jotgate.rest_framework.exception_handler",
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

# The framework reads its settings when it is imported.
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from jotgate.django import token_of  # noqa: E402
from jotgate.rest_framework import HasScopes  # noqa: E402


class Orders(APIView):
    """What anybody may see who has a token."""

    def get(self, request: Request) -> Response:
        """Says whose orders these would be."""
        return Response({"sub": token_of(request).subject, "language": "python"})


class Order(APIView):
    """What takes a scope."""

    permission_classes = (HasScopes,)
    required_scopes = ("orders:write",)

    def delete(self, request: Request, order: int) -> Response:
        """Says who would delete it."""
        return Response({"order": str(order), "deleted_by": token_of(request).subject})


urlpatterns = [path("orders", Orders.as_view()), path("orders/<int:order>", Order.as_view())]

if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application()).serve_forever()
