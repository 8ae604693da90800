-- Whether a step is a contact with somebody of the company that the person sought.
(signal IN ('support_contacted', 'after_sales_contacted', 'advice_asked', 'screen_shared', 'complained') AND contact_direction != 'outbound')
