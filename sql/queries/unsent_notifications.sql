FROM notification WHERE state = 'pending' ORDER BY sequence;
