using System.Text.Json;
using HybridAD.Formats.Nl;
using Xunit.Abstractions;

namespace HybridAD.FormatTests.Nl;

/// <summary>Real files and the results of an independent evaluator, where the collection is there.</summary>
public class RealFileTests(ITestOutputHelper output)
{
    private const string Files = "nl/files";

    [Fact]
    public void EveryRealFileIsRead()
    {
        var failures = new List<string>();
        foreach (var path in SharedFiles.In(Files, "*.nl", SearchOption.AllDirectories).Where(p => !IsBad(p)))
            try
            {
                NlReader.Load(path);
            }
            catch (NlFormatException error)
            {
                failures.Add(error.Message);
            }
        Assert.Empty(failures);
    }

    [Fact]
    public void EveryBadFileIsRefusedWithOneLineThatNamesIt()
    {
        foreach (var path in SharedFiles.In(Files, "*.nl", SearchOption.AllDirectories).Where(IsBad))
        {
            var error = Assert.Throws<NlFormatException>(() => NlReader.Load(path));
            output.WriteLine(error.Message);
            Assert.StartsWith(Path.GetFileName(path) + ": ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void ValuesJacobiansAndPatternsAreThoseOfAnIndependentEvaluator()
    {
        var failures = new List<string>();
        int files = 0, points = 0, compared = 0;
        foreach (var path in SharedFiles.In("nl/expected", "*.json"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var file = SharedFiles.In(Files, name + ".nl", SearchOption.AllDirectories).First(p => !IsBad(p));
            var model = NlReader.Load(file);
            files++;
            using var expected = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var point in expected.RootElement.GetProperty("points").EnumerateObject())
            {
                points++;
                var differences = ExpectedPoint.Differences(model, name, point.Name, point.Value, ref compared);
                foreach (var difference in differences.Take(40))
                    output.WriteLine($"{name} at {point.Name}: {difference}");
                if (differences.Count > 0)
                    failures.Add($"{name} at {point.Name}: {differences[0]} (and {differences.Count - 1} more)");
            }
        }
        output.WriteLine($"{files} files, {points} points, {compared} numbers compared");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void RealFilesCutAtAnyLineAreRefused()
    {
        const int LargestFile = 8_000;
        var accepted = new List<string>();
        foreach (var path in SharedFiles.In(Files, "*.nl", SearchOption.AllDirectories).Where(p => !IsBad(p) && new FileInfo(p).Length <= LargestFile))
        {
            var data = File.ReadAllBytes(path);
            var whole = NlReader.Read(data);
            // Where the header counts too few nonzeros, nothing can tell that some are gone.
            if (whole.Warnings.Count > 0)
                continue;
            for (var length = 0; length < data.AsSpan().TrimEnd("\r\n \t"u8).Length; length++)
                if (length == 0 || data[length - 1] == '\n' || data[0] == 'b')
                    try
                    {
                        // Column counts at the end, where the order of segments puts them there, are not missed.
                        if (NlReader.Read(data.AsSpan(0, length)).Trace.Hash != whole.Trace.Hash)
                            accepted.Add($"{Path.GetFileName(path)} cut to {length} of {data.Length} bytes");
                    }
                    catch (NlFormatException)
                    {
                        // As it should be.
                    }
        }
        Assert.True(accepted.Count == 0, string.Join('\n', accepted));
    }

    private static bool IsBad(string path) => Path.GetFileName(Path.GetDirectoryName(path))!.StartsWith("bad", StringComparison.Ordinal)
        && !Path.GetFileName(path).StartsWith("ok_", StringComparison.Ordinal);
}
