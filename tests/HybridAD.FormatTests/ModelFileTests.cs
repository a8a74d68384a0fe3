using System.Diagnostics;
using System.Text;
using HybridAD.Errors;
using HybridAD.Formats;

namespace HybridAD.FormatTests;

public class ModelFileTests
{
    [Fact]
    public void AnNlFileIsReadWithTheNamesBesideIt()
    {
        var model = ModelFile.Load(TestFiles.Path("teaching.nl"));
        Assert.Equal(ModelFileType.Nl, model.Type);
        Assert.Equal(["e"], model.Trace.Names.Outputs);
        Assert.Equal(["a", "b"], model.Trace.Names.Inputs);
        Assert.Equal([2, 1], model.Nl!.Start);
        var evaluator = new ReferenceEvaluator(model.Trace, model.Trace.Point!);
        Assert.Equal(6, evaluator.Output(0));
        Assert.Equal(new Dictionary<int, double> { [0] = 2, [1] = 5 }, evaluator.Gradient(0, out _));
    }

    [Fact]
    public void AStreamIsRecognisedByItsContent()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF \n{\"format\":\"hybridad-trace\",\"version\":1,\"inputs\":1,\"nodes\":[],\"outputs\":[0]}"));
        var model = ModelFile.Load(json, "input");
        Assert.Equal(ModelFileType.TraceJson, model.Type);
        Assert.Null(model.Nl);
        Assert.Null(model.Trace.Point);
        Assert.Empty(model.Warnings);
    }

    /// <summary>What begins like no model may have gigabytes, or no end.</summary>
    [Fact]
    public void WhatIsNoModelIsNotReadToItsEnd()
    {
        using var endless = new Endless();
        var error = Assert.Throws<HybridAdException>(() => ModelFile.Load(endless, "input"));
        Assert.Equal(ErrorCodes.UnknownModelType, error.Code);
        Assert.InRange(endless.Given, 1, 100_000);
    }

    [Fact]
    public void AStreamIsReadFromWhereItIs()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes("#### " + PaddedTrace(10_000))) { Position = 4 };
        Assert.Equal(1, ModelFile.Load(json, "input").Trace.OutputCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(20_000)]
    public void AFileOfAnyLengthIsReadToItsEnd(int length)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, PaddedTrace(length));
            Assert.Equal(1, ModelFile.Load(path).Trace.OutputCount);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task APipeIsReadToItsEnd(int length)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "pipe");
            using (var made = Process.Start("mkfifo", path))
                await made.WaitForExitAsync();
            // Opening a pipe waits for the other end.
            var writing = Task.Run(() => File.WriteAllText(path, PaddedTrace(length)));
            Assert.Equal(1, ModelFile.Load(path).Trace.OutputCount);
            await writing;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("", "in: the file type is not known: it is empty. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    [InlineData("%PDF-1.4 and so on", "in: the file type is not known: it begins with '%PDF-1.4 and so …'. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    public void OtherContentIsRefused(string content, string message)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        Assert.Equal(message, Assert.Throws<HybridAdException>(() => ModelFile.Load(stream, "in")).Message);
    }

    /// <summary>A trace of at least so many bytes.</summary>
    private static string PaddedTrace(int length) => "{\"format\":\"hybridad-trace\",\"version\":1,\"inputs\":1,\"nodes\":[],\"outputs\":[0]}".PadLeft(length);

    private sealed class Endless : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
