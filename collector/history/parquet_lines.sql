-- How many rows there are, then the rows themselves from number $first on, as JSON lines on standard output.
SELECT count() AS rows FROM file('rows.parquet', Parquet)
INTO OUTFILE '/dev/stdout' APPEND COMPRESSION 'none' FORMAT JSONEachRow
SETTINGS output_format_json_quote_64bit_integers = 0;

SELECT * FROM file('rows.parquet', Parquet) OFFSET $first
INTO OUTFILE '/dev/stdout' APPEND COMPRESSION 'none' FORMAT JSONEachRow
SETTINGS max_threads = 1, input_format_parquet_preserve_order = 1, date_time_output_format = 'iso',
    output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 1,
    output_format_json_validate_utf8 = 1;
