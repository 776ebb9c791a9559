"""The three networks and the simple methods: how they are built, trained and scored."""
