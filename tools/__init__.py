"""Programs beside the project: nothing that is deployed knows them."""
