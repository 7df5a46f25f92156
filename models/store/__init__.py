"""The database: tables, migrations, transactions. `open_store(url)` for the API, `BoxStore(url)` for the box."""

from models.store.box import BoxStore, Parcel, Pending
from models.store.failure import StoreBusyError, StoreFullError
from models.store.opening import Store, open_store

__all__ = ["BoxStore", "Parcel", "Pending", "Store", "StoreBusyError", "StoreFullError", "open_store"]
