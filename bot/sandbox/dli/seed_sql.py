"""The SQL that the starting jobs run; what looks like a password guards nothing."""

from __future__ import annotations

ORDERS = """\
-- Orders with the customer's tier, for the warehouse.
CREATE TABLE kafka_orders (
  order_id STRING,
  customer_id STRING,
  amount DECIMAL(12, 2),
  ordered_at TIMESTAMP(3),
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '192.168.0.11:9092,192.168.0.12:9092',
  'properties.group.id' = 'dwd-orders',
  'scan.startup.mode' = 'group-offsets',
  'format' = 'json'
);

CREATE TABLE customers (
  customer_id STRING,
  tier STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://192.168.0.21:3306/crm',
  'table-name' = 'customers',
  'username' = 'flink_reader',
  'password' = 'sandbox-crm-password'
);

CREATE TABLE dwd_orders (
  order_id STRING,
  tier STRING,
  amount DECIMAL(12, 2),
  ordered_at TIMESTAMP(3)
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'dwd-orders',
  'properties.bootstrap.servers' = '192.168.0.11:9092,192.168.0.12:9092',
  'key.format' = 'json',
  'value.format' = 'json'
);

INSERT INTO dwd_orders
SELECT o.order_id, c.tier, o.amount, o.ordered_at
FROM kafka_orders AS o
LEFT JOIN customers AS c ON o.customer_id = c.customer_id;
"""


_PIPELINE = """\
CREATE TABLE @_in (id STRING, amount DECIMAL(12, 2), at_time TIMESTAMP(3)) WITH (
  'connector' = 'kafka', 'topic' = '@', 'properties.bootstrap.servers' = '192.168.0.11:9092',
  'format' = 'json'
);
CREATE TABLE @_out (id STRING, amount DECIMAL(12, 2), at_time TIMESTAMP(3)) WITH (
  'connector' = 'kafka', 'topic' = '@-clean', 'properties.bootstrap.servers' = '192.168.0.11:9092',
  'format' = 'json'
);
INSERT INTO @_out SELECT id, amount, at_time FROM @_in WHERE amount > 0;
"""


def pipeline(topic: str) -> str:
    """Write the SQL of a small job: one topic in, one out."""
    return _PIPELINE.replace("@", topic)
