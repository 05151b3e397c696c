using System.Buffers.Text;
using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Journal;

/// <summary>The last session of a page, so that the next one begins after it also when new sessions come meanwhile.</summary>
/// <param name="CreatedAt">Its time of creation as the file keeps it.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct PageCursor(string CreatedAt, string Id)
{
    private const char Divider = ' ';
    private const int MostCharacters = 128;

    public static PageCursor After(Session session) => new(JournalTime.Write(session.CreatedAt), session.Id.Value);

    /// <summary>Before the newest session.</summary>
    public static PageCursor Newest { get; } = new("~", "~");

    /// <summary>True when time and id can be read, so that a page can begin after them.</summary>
    public static bool IsWhole(PageCursor place) => SessionId.TryParse(place.Id) is not null && JournalTime.CanRead(place.CreatedAt);

    /// <summary>One text in whose order, by bytes, the pages go; times have one width.</summary>
    public string Place => CreatedAt + Divider + Id;

    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Place));

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="ArgumentException">It is none of ours.</exception>
    public static PageCursor Read(string text)
    {
        if (text.Length > MostCharacters || !Base64Url.IsValid(text)) throw Bad();
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Divider);
        if (parts.Length != 2 || SessionId.TryParse(parts[1]) is null) throw Bad();
        try
        {
            return new PageCursor(JournalTime.Write(JournalTime.Read(parts[0])), parts[1]);
        }
        catch (JournalException)
        {
            throw Bad();
        }
    }

    private static ArgumentException Bad() => new("The cursor is none of this journal; take it from the page before, unchanged.");
}
