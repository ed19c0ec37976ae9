"""REST resources of numbering."""

from fastapi import APIRouter

from controlplane.numbering.schemas import PhoneNumberFields, TrunkFields
from controlplane.objects.door import object_router

router = APIRouter()
router.include_router(object_router(TrunkFields, "trunks"))
router.include_router(object_router(PhoneNumberFields, "phone-numbers"))
