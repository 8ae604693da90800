"""The demo shop at /demo/: a small garden shop with the SDK installed as a site's developer would."""
