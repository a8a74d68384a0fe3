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

    [Theory]
    [InlineData("", "in: the file type is not known: it is empty. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    [InlineData("%PDF-1.4 and so on", "in: the file type is not known: it begins with '%PDF-1.4 and so …'. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    public void OtherContentIsRefused(string content, string message)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        Assert.Equal(message, Assert.Throws<HybridAdException>(() => ModelFile.Load(stream, "in")).Message);
    }
}
