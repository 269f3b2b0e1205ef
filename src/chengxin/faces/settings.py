"""Settings, read once from the environment. Everything lives under ``CHENGXIN_HOME``."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

env = environ.Env()

HOME = Path(env.str("CHENGXIN_HOME", default="var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
IS_DEMO = (HOME / "demo.json").exists()
"""Whether ``chengxin demo`` built its city here: what is eased for a demo is never eased by a forgotten setting."""


def _secret(name: str) -> str:
    """This will read a secret of the installation, making it (mode 600) the first time."""
    path = HOME / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was quicker; its key stands
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = env.str("CHENGXIN_SECRET_KEY", default="") or _secret("secret")
DIGEST_KEY = env.str("CHENGXIN_DIGEST_KEY", default="") or _secret("digest")
WRAP_KEY = env.str("CHENGXIN_WRAP_KEY", default="") or _secret("wrap")
EXCHANGE_KEY = env.str("CHENGXIN_EXCHANGE_KEY", default="") or _secret("exchange")
FEED_KEYS = [
    (agency, key)
    for agency, _, key in (each.partition("=") for each in env.list("CHENGXIN_FEED_KEYS", default=[]))
]
"""Whose signed feed is taken, and by which key: ``agency=whpk_…`` (ed25519) or ``agency=whsec_…``, by commas."""
GATE_PER_MINUTE = env.int("CHENGXIN_GATE_PER_MINUTE", default=6_000)
GATE_PER_DAY = env.int("CHENGXIN_GATE_PER_DAY", default=1_000_000)
"""Subjects a caller of the gate may ask about where no quota of its own was set."""
DEBUG = env.bool("CHENGXIN_DEBUG", default=False)
ALLOWED_HOSTS = env.list("CHENGXIN_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CHENGXIN_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "ninja",
    "chengxin.ledger",
    "chengxin.ledger.looks",
    "chengxin.subjects",
    "chengxin.records",
    "chengxin.findings",
    "chengxin.cases",
    "chengxin.effects",
    "chengxin.kit",
    "chengxin.faces",
]
AUTH_USER_MODEL = "ledger.Official"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "chengxin.faces.urls"
WSGI_APPLICATION = "chengxin.faces.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((Path(__file__).parents[1] / "programs").glob("*/pages/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "string_if_invalid": "",
        },
    }
]

_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{HOME / 'case.sqlite3'}"),
    "looks": env.db("LOOKS_DATABASE_URL", default=f"sqlite:///{HOME / 'looks.sqlite3'}"),
}
for _database in DATABASES.values():
    if _database["ENGINE"].endswith("sqlite3"):
        _database["OPTIONS"] = {**_SQLITE}
    _database["CONN_MAX_AGE"] = 60
DATABASE_ROUTERS = ["chengxin.ledger.looks.router.LooksRouter"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = env.str("CHENGXIN_TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "name")}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
SECOND_FACTOR = env.list(
    "CHENGXIN_SECOND_FACTOR",
    default=[] if IS_DEMO else ["sysadmin", "secadmin", "auditor", "head"],
)
"""Of which duties a second factor is asked (``all``: of everybody). In a demo city nobody has a phone to enrol."""
OTP_TOTP_ISSUER = "Chengxin"
IDLE_MINUTES = env.int("CHENGXIN_IDLE_MINUTES", default=60)
PROOF_MINUTES = env.int("CHENGXIN_PROOF_MINUTES", default=10)
"""How long a proof of who sits at the desk is good for binding steps; then it is asked for again."""
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Single sign-on of officials; off while no issuer is named.
OIDC_ISSUER = env.str("CHENGXIN_OIDC_ISSUER", default="")
OIDC_RP_CLIENT_ID = env.str("CHENGXIN_OIDC_CLIENT_ID", default="")
OIDC_RP_CLIENT_SECRET = env.str("CHENGXIN_OIDC_CLIENT_SECRET", default="")
OIDC_CLAIM = env.str("CHENGXIN_OIDC_CLAIM", default="sub")
OIDC_RP_SCOPES = env.str("CHENGXIN_OIDC_SCOPES", default="openid")
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10
OIDC_AUTHENTICATION_CALLBACK_URL = "desk:outside_back"

LOGIN_URL = "/desk/login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = env.str("CHENGXIN_COOKIE", default="chengxin")
SESSION_COOKIE_SECURE = env.bool("CHENGXIN_HTTPS", default=False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "chengxin.faces.mounting.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ACCESS_FAILURE_LOG = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Rooms of data. A real deployment adds folders of its own in front of these.
LAW_PATHS = [Path(p) for p in env.list("CHENGXIN_LAW", default=[])]
PLACE = env.str("CHENGXIN_PLACE", default="demo")

IDENTITY = env.list("CHENGXIN_IDENTITY", default=["chengxin.faces.my.identity.Local"] if IS_DEMO else [])
"""Who vouches for people at the door ``my``: classes with the shape of ``identity.Provider``. Empty: nobody does,
and the door says where to go instead. ``Local`` keeps passwords of its own and is meant for a demo city."""
DAYS_AHEAD = env.int("CHENGXIN_DAYS_AHEAD", default=0) if IS_DEMO else 0
"""By how many days the clock of a demo city is set forward, to be shown what a term does when it is over."""
