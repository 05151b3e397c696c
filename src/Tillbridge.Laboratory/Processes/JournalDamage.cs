namespace Tillbridge.Laboratory.Processes;

/// <summary>What can befall a journal between two lives of its gateway.</summary>
internal enum JournalDamage
{
    BitFlipped,
    BytesOverwritten,
    LogLost,
    TailCut,
    FileDeleted,
    FileEmptied,
    OlderCopy,
    DirectoryLost,
    Shuffled,
}

/// <summary>Copies of a shop's data directory with what is kept outside of it, and what is done to the one in use.</summary>
internal sealed class JournalCopies(Shop shop)
{
    private const string Witness = "tillbridge-journal-*.txt";
    private const string Journal = "journal.db";
    private const int Page = 4096;

    /// <summary>A copy of everything as it stands; nothing may be running.</summary>
    public string Keep(string name)
    {
        var copy = Path.Combine(shop.Root, name);
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Copy(shop.Data, Path.Combine(copy, "data"));
        foreach (var file in Directory.GetFiles(shop.Root, Witness)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    /// <summary>Puts a copy back, with what is kept outside.</summary>
    public void PutBack(string copy)
    {
        PutBackData(copy);
        foreach (var file in Directory.GetFiles(copy, Witness))
            File.Copy(file, Path.Combine(shop.Root, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Does it to the journal in use.</summary>
    /// <param name="damage">What.</param>
    /// <param name="older">An older copy.</param>
    /// <param name="chance">Where.</param>
    public void Do(JournalDamage damage, string older, Chance chance)
    {
        var file = Path.Combine(shop.Data, Journal);
        var log = file + "-wal";
        switch (damage)
        {
            case JournalDamage.BitFlipped:
                Overwrite(Either(file, log, chance), chance, bytes => bytes[chance.Below(bytes.Length)] ^= (byte)(1 << chance.Below(8)), 1);
                break;
            case JournalDamage.BytesOverwritten:
                Overwrite(Either(file, log, chance), chance, bytes => bytes.AsSpan().Clear(), 1 + chance.Below(300));
                break;
            case JournalDamage.LogLost:
                File.Delete(log);
                break;
            case JournalDamage.TailCut:
                Cut(new FileInfo(log) is { Exists: true, Length: > 0 } ? log : file, chance);
                break;
            case JournalDamage.FileDeleted:
                foreach (var part in new[] { file, log, file + "-shm" }) File.Delete(part);
                break;
            case JournalDamage.FileEmptied:
                File.WriteAllBytes(file, []);
                File.Delete(log);
                break;
            case JournalDamage.OlderCopy:
                PutBackData(older);
                break;
            case JournalDamage.DirectoryLost:
                Directory.Delete(shop.Data, recursive: true);
                break;
            default:
                Shuffle(file, chance);
                break;
        }
    }

    private static string Either(string file, string log, Chance chance) =>
        chance.OneIn(2) && new FileInfo(log) is { Exists: true, Length: > 0 } ? log : file;

    private static void Overwrite(string path, Chance chance, Action<byte[]> change, int count)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[Math.Min(count, RandomAccess.GetLength(file))];
        var at = chance.Below((int)(RandomAccess.GetLength(file) - bytes.Length) + 1);
        _ = RandomAccess.Read(file, bytes, at);
        change(bytes);
        RandomAccess.Write(file, bytes, at);
    }

    private static void Cut(string path, Chance chance)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(Math.Max(0, file.Length - 1 - chance.Below((int)Math.Min(file.Length, 6 * Page))));
    }

    // Two pages change places: each is whole, and neither is where it belongs.
    private static void Shuffle(string path, Chance chance)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var pages = (int)(RandomAccess.GetLength(file) / Page);
        if (pages < 3) return;
        var (one, other) = (1 + chance.Below(pages - 1), 1 + chance.Below(pages - 1));
        var (first, second) = (new byte[Page], new byte[Page]);
        _ = RandomAccess.Read(file, first, (long)one * Page);
        _ = RandomAccess.Read(file, second, (long)other * Page);
        RandomAccess.Write(file, second, (long)one * Page);
        RandomAccess.Write(file, first, (long)other * Page);
    }

    private void PutBackData(string copy)
    {
        if (Directory.Exists(shop.Data)) Directory.Delete(shop.Data, recursive: true);
        Copy(Path.Combine(copy, "data"), shop.Data);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
