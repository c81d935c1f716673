"""Which documents are older editions of others: by their titles, by what they say of each other, by their texts."""
