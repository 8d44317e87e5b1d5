FROM told ORDER BY receiver, message_group, number;
