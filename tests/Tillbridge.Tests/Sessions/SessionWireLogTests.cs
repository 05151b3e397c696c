using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Sessions;

/// <summary>How much of what a terminal says is kept.</summary>
public sealed class SessionWireLogTests
{
    private const int Said = 5_000;
    private const int MostKept = 4_000;

    [Fact]
    public async Task A_session_that_is_asked_about_again_and_again_keeps_no_more_than_one_that_is_asked_once()
    {
        await using var journal = new MemoryJournal(TimeProvider.System);
        var log = new SessionWireLog("raw", "zvt", journal, TimeProvider.System, NullLogger.Instance);
        var frame = new SeenFrame<ZvtMessage>(new ZvtMessageCodec(ZvtText.Default), [0x04, 0xFF, 0x01, 0x0A], Sender.Terminal);
        var id = IdSource.Of(TimeProvider.System).NewSession();
        for (var asked = 0; asked < 3; asked++)
        {
            log.Current = id;
            for (var said = 0; said < Said; said++) log.Saw(frame);
            log.Current = null;
        }

        var records = await journal.RecordsAfter(0, id, 10_000, withFrames: true, TestContext.Current.CancellationToken);

        Assert.InRange(records.Count, MostKept, MostKept + 3); // And each time how many were not.
    }
}
