"""Django REST framework with simplejwt, in one module."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

from benchmarks.peers.common import (
    DATABASE_URL,
    IS_POSTGRESQL,
    LISTS,
    NUMBERS,
    SECRET,
    SQLITE_PATH,
    TEXTS,
)

_parts = urlsplit(DATABASE_URL)
settings.configure(
    SECRET_KEY=SECRET,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _parts.path[1:],
            "USER": _parts.username,
            "HOST": _parts.hostname,
            "PORT": _parts.port or 5432,
            "CONN_MAX_AGE": None,
        }
        if IS_POSTGRESQL
        else {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": SQLITE_PATH,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                " PRAGMA cache_size=-64000; PRAGMA mmap_size=1073741824;",
            },
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
    SIMPLE_JWT={"SIGNING_KEY": SECRET, "USER_ID_CLAIM": "sub"},
)
django.setup(set_prefix=False)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models, transaction  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import exceptions, generics, pagination, serializers  # noqa: E402
from rest_framework.permissions import (  # noqa: E402
    AllowAny,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402


class Book(models.Model):
    id = models.BigAutoField(primary_key=True)
    for _name in TEXTS:
        locals()[_name] = models.TextField(null=_name != "title", blank=_name != "title")
    for _name in LISTS:
        locals()[_name] = models.JSONField(default=list)
    for _name in NUMBERS:
        locals()[_name] = models.IntegerField(null=True)
    isbn = models.TextField(null=True, unique=True)

    class Meta:
        app_label = "peers"
        db_table = "book"


class Reader(models.Model):
    email = models.TextField()
    is_active = models.BooleanField()
    is_authenticated = True

    class Meta:
        app_label = "peers"
        db_table = "reader"


class Copy(models.Model):
    book_id = models.BigIntegerField()
    barcode = models.TextField()
    status = models.TextField()

    class Meta:
        app_label = "peers"
        db_table = "copy"


class Loan(models.Model):
    copy_id = models.BigIntegerField()
    book_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    status = models.TextField()
    borrowed_at = models.TextField()
    due_at = models.TextField()
    returned_at = models.TextField(null=True)
    renewals = models.IntegerField()
    fine_accrued = models.IntegerField()
    revision = models.IntegerField()

    class Meta:
        app_label = "peers"
        db_table = "loan"


class Tokens(JWTAuthentication):
    def get_validated_token(self, raw_token: bytes) -> Any:
        import jwt

        try:
            return jwt.decode(raw_token, SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            raise exceptions.AuthenticationFailed from None

    def get_user(self, validated_token: Any) -> Any:
        found = Reader.objects.filter(id=validated_token["sub"], is_active=True).first()
        if found is None:
            raise exceptions.AuthenticationFailed
        return found


class Pages(pagination.PageNumberPagination):
    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        page = self.page
        return Response(
            {
                "data": data,
                "pagination": {
                    "page": page.number,
                    "limit": page.paginator.per_page,
                    "total": page.paginator.count,
                    "pages": page.paginator.num_pages,
                },
            }
        )


class Contributor(serializers.Serializer):
    name = serializers.CharField(max_length=500)
    role = serializers.CharField(allow_null=True, required=False)


class BookSerializer(serializers.ModelSerializer):
    title = serializers.CharField(max_length=1000)
    contributors = Contributor(many=True, required=False, default=list)
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=100, required=False, default=list
    )
    isbns = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    alternative_titles = serializers.ListField(
        child=serializers.CharField(), required=False, default=list
    )
    material_type = serializers.CharField(default="text")
    cover_url = serializers.URLField(allow_null=True, required=False)
    published_year = serializers.IntegerField(
        min_value=-3000, max_value=9999, allow_null=True, required=False
    )
    pages = serializers.IntegerField(
        min_value=1, max_value=100_000, allow_null=True, required=False
    )

    class Meta:
        model = Book
        fields = "__all__"
        read_only_fields = ("id", "created_at", "updated_at", "revision")


class LoanSerializer(serializers.ModelSerializer):
    class Meta:
        model = Loan
        fields = "__all__"


def _now(days: int = 0) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Books(generics.ListCreateAPIView):
    authentication_classes = [Tokens]
    pagination_class = Pages
    serializer_class = BookSerializer
    permission_classes = [IsAuthenticatedOrReadOnly]

    def get_queryset(self) -> Any:
        word = self.request.query_params.get("q")
        is_down = self.request.query_params.get("sort", "").startswith("-id")
        found = Book.objects.order_by("-id" if is_down else "id")
        return found.filter(title__icontains=word) if word else found

    def perform_create(self, serializer: Any) -> None:
        moment = _now()
        serializer.save(created_at=moment, updated_at=moment, revision=1)


class OneBook(generics.RetrieveAPIView):
    authentication_classes = [Tokens]
    queryset = Book.objects.all()
    serializer_class = BookSerializer
    permission_classes = [AllowAny]


class Loans(generics.ListAPIView):
    authentication_classes = [Tokens]
    permission_classes = [IsAuthenticated]
    pagination_class = Pages
    serializer_class = LoanSerializer

    def get_queryset(self) -> Any:
        return Loan.objects.filter(user_id=self.request.user.id).order_by("id")

    def post(self, request: Any) -> Response:
        with transaction.atomic():
            copy = Copy.objects.select_for_update().get(id=request.data["copy_id"])
            if copy.status != "available":
                return Response({"message": "on loan"}, 409)
            copy.status = "on_loan"
            copy.save(update_fields=["status"])
            made = Loan.objects.create(
                copy_id=copy.id,
                book_id=copy.book_id,
                user_id=request.data["user_id"],
                status="open",
                borrowed_at=_now(),
                due_at=_now(28),
                renewals=0,
                fine_accrued=0,
                revision=1,
            )
        return Response(LoanSerializer(made).data, 201)


class Returns(APIView):
    authentication_classes = [Tokens]
    permission_classes = [IsAuthenticated]

    def post(self, request: Any) -> Response:
        with transaction.atomic():
            copy = Copy.objects.select_for_update().get(barcode=request.data["barcode"])
            loan = Loan.objects.get(copy_id=copy.id, returned_at=None)
            copy.status = "available"
            copy.save(update_fields=["status"])
            loan.status, loan.returned_at = "returned", _now()
            loan.save(update_fields=["status", "returned_at"])
        return Response({"loan": LoanSerializer(loan).data})


urlpatterns = [
    path("api/v1/books/<int:pk>", OneBook.as_view()),
    path("api/v1/books", Books.as_view()),
    path("api/v1/loans", Loans.as_view()),
    path("api/v1/returns", Returns.as_view()),
]
application = get_wsgi_application()
