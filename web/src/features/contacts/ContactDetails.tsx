import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { phoneNumber } from "@/ui/format";
import type { Contact } from "./queries";
import { text } from "./text";

/** What is known of somebody, all but the name. */
export function ContactDetails({ company, email, notes, tags, numbers }: Contact) {
  return (
    <Stack sx={{ gap: 1 }}>
      {company && (
        <Typography sx={{ overflowWrap: "anywhere" }}>
          <bdi>{company}</bdi>
        </Typography>
      )}
      {numbers.length === 0 && <Typography color="textSecondary">{text.page.noNumbers}</Typography>}
      {numbers.map(({ number, label }) => (
        <Typography key={number}>
          <bdi>{phoneNumber(number)}</bdi>{" "}
          {label && (
            <Typography component="span" color="textSecondary">
              <bdi>{label}</bdi>
            </Typography>
          )}
        </Typography>
      ))}
      {email && (
        <Link href={`mailto:${encodeURIComponent(email)}`} sx={{ overflowWrap: "anywhere" }}>
          {email}
        </Link>
      )}
      {tags.length > 0 && <Tags tags={tags} />}
      {notes && (
        <Typography dir="auto" sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {notes}
        </Typography>
      )}
    </Stack>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  return (
    <span>
      {tags.map((tag) => (
        <Chip key={tag} size="small" label={<bdi>{tag}</bdi>} sx={{ mr: 0.5 }} />
      ))}
    </span>
  );
}
