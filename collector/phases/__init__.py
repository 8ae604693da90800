"""Phase rules: from YAML that a marketer can write to one ClickHouse expression."""
