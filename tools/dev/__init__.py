"""The product as its builders run it (`make dev`): what is saved shows at once. Nothing of it is in the product."""
